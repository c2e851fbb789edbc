// What every chart has around it: a sentence said from its data as the title, its units, and the same numbers as a table.
import type { ComponentChildren } from "preact";
import { chart } from "./messages";

export interface Table {
  head: readonly string[];
  /** A row each; numbers are written already. The first cell names the row. */
  rows: readonly (readonly string[])[];
}

export function Chart({ title, units, table, children }: { title: string; units?: string | undefined; table: Table; children: ComponentChildren }) {
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {units && <span class="small muted">{units}</span>}
      </figcaption>
      {children}
      {table.rows.length > 0 && <Data title={title} table={table} />}
    </figure>
  );
}

function Data({ title, table }: { title: string; table: Table }) {
  return (
    <details class="chart-data">
      <summary class="small">{chart.data}</summary>
      <div class="chart-table" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>{table.head.map((name, index) => <th key={name} scope="col" class={index > 0 ? "num" : undefined}>{name}</th>)}</tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row[0]}>
                {row.map((cell, index) => (index === 0 ? <th key={index} scope="row" dir="auto">{cell}</th> : <td key={index} class="num">{cell}</td>))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
