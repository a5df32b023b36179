/** A line of IPython's own in a cell, found by text alone. */
export interface Magic {
  /** `%%time`, `%matplotlib`, `!`, `?`. */
  kind: 'cell' | 'line' | 'shell' | 'help';
  /** `time`, `timeit`, `pip`…; '' for shell and help. */
  name: string;
  /** Of the line. */
  start: number;
  end: number;
}
