// One line by uPlot, in the colours of the page. Loaded on demand.
import uPlot from "uplot";

interface Options {
  write: (value: number) => string;
  writeDay: (seconds: number) => string;
  most: number | undefined;
  colour: "accent" | "violet";
  /** The day that is pointed at, by its number. */
  onPoint: (at: number | undefined) => void;
}

const HEIGHT = 168;

export class Plot {
  private chart: uPlot | undefined;
  private data: uPlot.AlignedData = [[], []];
  private readonly sized: ResizeObserver;
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly recolour = () => this.colours();

  constructor(private readonly element: HTMLElement, private readonly options: Options) {
    this.sized = new ResizeObserver(() => this.chart?.setSize({ width: element.clientWidth, height: HEIGHT }));
    this.sized.observe(element);
    this.dark.addEventListener("change", this.recolour);
  }

  put(days: readonly number[], values: readonly (number | null)[]): void {
    this.data = [[...days], [...values]];
    if (this.chart) this.chart.setData(this.data);
    else this.draw();
  }

  /** Draws anew, as a canvas keeps the colours it was drawn with. */
  colours(): void {
    if (this.chart) this.draw();
  }

  end(): void {
    this.sized.disconnect();
    this.dark.removeEventListener("change", this.recolour);
    this.chart?.destroy();
  }

  private draw(): void {
    this.chart?.destroy();
    const { element, options } = this;
    const own = `var(--${options.colour})`;
    const [line, below] = [colourOf(element, own), colourOf(element, `color-mix(in oklab, ${own}, transparent 88%)`)];
    const [text, grid] = [colourOf(element, "var(--muted)"), colourOf(element, "var(--line)")];
    const font = `12px ${getComputedStyle(element).fontFamily}`;
    const axis = { stroke: text, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
    this.chart = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        padding: [8, 12, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
        scales: { x: { time: true }, y: { range: (_, __, max) => [0, options.most ?? Math.max(5, Math.ceil(max * 1.08))] } },
        axes: [
          { ...axis, size: 28, space: 64, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => options.writeDay(tick)), incrs: [1, 2, 7, 14, 28].map((days) => days * 86_400) },
          { ...axis, size: 48, space: 36, values: (_, ticks) => ticks.map((tick) => options.write(tick)), incrs: options.most === 1 ? [0.25, 0.5] : [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] },
        ],
        series: [{}, { stroke: line, width: 2.5, fill: below, points: { show: true, size: 5, fill: line, stroke: line }, spanGaps: false }],
        hooks: { setCursor: [(chart) => options.onPoint(chart.cursor.idx ?? undefined)] },
      },
      this.data,
      element,
    );
  }
}

/** A colour of the sheet as one that a canvas takes. */
function colourOf(element: HTMLElement, colour: string): string {
  const probe = document.createElement("i");
  probe.style.color = colour;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
