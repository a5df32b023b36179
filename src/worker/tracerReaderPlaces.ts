import type { TraceSink } from './threadStates/threadIndex.ts';
import { parseSite } from './wireRecords.ts';

/** A function or a place, interned. */
export interface Place {
  name: number;
  file: number;
  line: number;
}

export const noPlace: Place = { name: 0, file: 0, line: 0 };

/** Places by the strings of the wire. */
export class Places {
  private readonly builder: TraceSink;
  private readonly known = new Map<string, Place>();

  constructor(builder: TraceSink) {
    this.builder = builder;
  }

  of(text: string): Place {
    if (text === '') return noPlace;
    let place = this.known.get(text);
    if (!place) {
      const site = parseSite(text);
      place = { name: this.builder.intern(site.name), file: this.builder.intern(site.file), line: site.line };
      this.known.set(text, place);
    }
    return place;
  }
}
