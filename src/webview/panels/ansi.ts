/** How a piece of output looks. Colours 0–15 are the terminal's named ones, 16–255 the fixed cube and greys, `rgb(…)` true colour. */
export interface TextStyle {
  foreground: number | string | null;
  background: number | string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

export const plainStyle: TextStyle = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
};

/** The style after an SGR sequence (`ESC [ parameters m`). Unknown parameters change nothing. */
export function applySgr(style: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/).map(text => (text === '' ? 0 : Number(text)));
  let next = { ...style };
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes, i + 1);
      if (code === 38) next.foreground = colour;
      else next.background = colour;
      i += used;
    } else next = applyCode(next, code);
  }
  return next;
}

function applyCode(style: TextStyle, code: number): TextStyle {
  if (code === 0) return { ...plainStyle };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 3) return { ...style, italic: true };
  if (code === 4) return { ...style, underline: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 23) return { ...style, italic: false };
  if (code === 24) return { ...style, underline: false };
  if (code === 39) return { ...style, foreground: null };
  if (code === 49) return { ...style, background: null };
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return style;
}

/** `5;n` or `2;r;g;b` after 38 or 48. */
function extendedColour(codes: number[], at: number): { colour: number | string | null; used: number } {
  const byte = (index: number) => Math.min(255, Math.max(0, codes[index] || 0));
  if (codes[at] === 5) return { colour: byte(at + 1), used: 2 };
  if (codes[at] === 2) return { colour: `rgb(${byte(at + 1)}, ${byte(at + 2)}, ${byte(at + 3)})`, used: 4 };
  return { colour: null, used: 0 };
}

/** A CSS colour for 16–255 and true colour; null for the sixteen that the theme names. */
export function fixedColour(colour: number | string): string | null {
  if (typeof colour === 'string') return colour;
  if (colour < 16) return null;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = colour - 16;
  return `rgb(${level(Math.floor(cube / 36))}, ${level(Math.floor(cube / 6) % 6)}, ${level(cube % 6)})`;
}
