// A line over days. uPlot draws it and comes when the first line is drawn; its place is kept until then.
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../messages";
import { theme } from "../theme";
import type { Plot } from "./plot";
import "./chart.css";

interface Props {
  /** Unix seconds of each day's start, and its value; `null` where there is none. */
  days: readonly number[];
  values: readonly (number | null)[];
  /** The upper end of the scale; the greatest value otherwise. */
  most?: number;
  write: (value: number) => string;
  writeDay: (seconds: number) => string;
  label: string;
  colour: "accent" | "violet";
  /** What is said of the day that is pointed at: `{day}: {value}`. */
  said: string;
  none: string;
}

export function Line({ days, values, most, write, writeDay, label, colour, said, none }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const [at, setAt] = useState<number>();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let gone = false;
    import("./plot").then(({ Plot }) => {
      if (gone || !element.current) return;
      plot.current = new Plot(element.current, { write, writeDay, most, colour, onPoint: setAt });
      setReady(true);
    });
    return () => {
      gone = true;
      plot.current?.end();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.put(days, values), [ready, days, values]);
  useEffect(() => plot.current?.colours(), [theme.value]);

  const pointed = at !== undefined && days[at] !== undefined ? fill(said, { day: writeDay(days[at]), value: values[at] == null ? none : write(values[at]) }) : "\u00a0";
  return (
    <div class="line" role="img" aria-label={label}>
      <div class="line-plot" ref={element} aria-hidden="true" />
      <p class="heat-said small" aria-hidden="true">{pointed}</p>
    </div>
  );
}
