/** A name that may be written onto a span. CSS pixels. */
export interface LabelPlace {
  text: string;
  left: number;
  right: number;
  /** Middle of the band. */
  y: number;
  marked: boolean;
}

/** Text costs as much as a thousand spans of pixels: more than this a frame is neither affordable nor readable. */
const mostLabels = 96;
const padding = 4;

/** Writes names onto the spans that are wider than their name; the widest first when there are too many. */
export class LabelWriter {
  private readonly widths = new Map<string, number>();
  private font = '';

  write(
    ctx: CanvasRenderingContext2D,
    places: LabelPlace[],
    look: { font: string; colour: string; marked: string },
  ): number {
    const font = `11px ${look.font}`;
    if (font !== this.font) {
      this.widths.clear();
      this.font = font;
    }
    ctx.font = font;
    ctx.textBaseline = 'middle';
    const fitting = places.filter(
      place => this.width(ctx, place.text) + 2 * padding <= place.right - Math.max(0, place.left),
    );
    if (fitting.length > mostLabels) fitting.sort((a, b) => b.right - b.left - (a.right - a.left));
    const written = fitting.slice(0, mostLabels);
    for (const place of written) {
      ctx.fillStyle = place.marked ? look.marked : look.colour;
      ctx.fillText(place.text, Math.max(0, place.left) + padding, place.y + 0.5);
    }
    return written.length;
  }

  private width(ctx: CanvasRenderingContext2D, text: string): number {
    const known = this.widths.get(text);
    if (known !== undefined) return known;
    if (this.widths.size > 5000) this.widths.clear();
    const width = ctx.measureText(text).width;
    this.widths.set(text, width);
    return width;
  }
}

/** The text, or as much of it as fits before an ellipsis. */
export function cutToFit(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  let [least, most] = [0, text.length - 1];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(`${text.slice(0, middle)}…`)) least = middle;
    else most = middle - 1;
  }
  return `${text.slice(0, least).trimEnd()}…`;
}
