import type { OutputChunk, TextChunk } from '../protocol/hostWorker.ts';

/** Where text goes at once. */
export interface Terminal {
  stdout(text: string): void;
  stderr(text: string): void;
}

/**
 * Passes on what programs print, as it comes. Of several programs each line is led by its program's name: whole lines then, so that they
 * don't mix.
 */
export class LiveOutput {
  private readonly terminal: Terminal;
  private readonly label: string;
  private readonly passesStdout: boolean;
  private readonly rest = { stdout: '', stderr: '' };
  /** False while the last line on this stream isn't ended. */
  endsWithNewline = true;

  /** `label` null: the only program, nothing is put before its lines. */
  constructor(terminal: Terminal, label: string | null, passesStdout: boolean) {
    this.terminal = terminal;
    this.label = label === null ? '' : `${label} | `;
    this.passesStdout = passesStdout;
  }

  add(chunks: OutputChunk[]): void {
    for (const chunk of chunks) {
      // Values come as text already: `display: 'text'` was asked for.
      if (chunk.stream === 'display') continue;
      const { stream, text } = chunk;
      if (stream === 'stdout' && !this.passesStdout) continue;
      if (this.label === '') this.write(stream, text);
      else this.addLines(stream, text);
    }
  }

  /** What is left of unfinished lines. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.rest[stream] !== '') this.write(stream, `${this.label}${this.rest[stream]}\n`);
      this.rest[stream] = '';
    }
  }

  private addLines(stream: TextChunk['stream'], text: string): void {
    const lines = (this.rest[stream] + text).split('\n');
    this.rest[stream] = lines.pop() ?? '';
    if (lines.length > 0) this.write(stream, lines.map(line => `${this.label}${line}\n`).join(''));
  }

  private write(stream: TextChunk['stream'], text: string): void {
    if (text === '') return;
    if (stream === 'stdout') this.endsWithNewline = text.endsWith('\n');
    this.terminal[stream](text);
  }
}
