/** HTML as pandas 2 writes it. */
export function frameHtml(rowCount: number): string {
  const names = ['pool', 'workers', 'seconds', 'speedup', 'note'];
  const pools = ['threads', 'processes', 'sequential'];
  const row = (index: number) => {
    const cells = [pools[index % 3], index % 8, (1.5 / (1 + (index % 8))).toFixed(6), `${(index * 7) % 400}`, 'NaN'];
    if (index % 4 === 0) cells[4] = 'first of its kind, with a remark that is rather long for a cell of a table';
    return `<tr>\n<th>${index}</th>\n${cells.map(cell => `<td>${cell}</td>`).join('\n')}\n</tr>`;
  };
  return `<div>
<style scoped>
    .dataframe tbody tr th:only-of-type { vertical-align: middle; }
    .dataframe thead th { text-align: right; }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;"><th></th>${names.map(name => `<th>${name}</th>`).join('')}</tr>
  </thead>
  <tbody>${Array.from({ length: rowCount }, (_, index) => row(index)).join('\n')}</tbody>
</table>
<p>${rowCount} rows × ${names.length} columns</p>
</div>`;
}

/** A line chart in dark ink, as matplotlib saves it; with paper behind it or without. */
export function figurePng(paper: boolean): string {
  const canvas = document.createElement('canvas');
  canvas.width = 560;
  canvas.height = 240;
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('There is no canvas');
  if (paper) {
    ctx.fillStyle = '#ffffff';
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  ctx.strokeStyle = '#000000';
  ctx.strokeRect(50.5, 20.5, 480, 180);
  ctx.fillStyle = '#000000';
  ctx.font = '13px sans-serif';
  ctx.fillText('speed-up by workers', 220, 14);
  for (let tick = 0; tick <= 8; tick += 2) ctx.fillText(String(tick), 46 + tick * 60, 218);
  ctx.strokeStyle = '#1f77b4';
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (let x = 0; x <= 480; x += 8) ctx.lineTo(50 + x, 195 - 150 * (1 - Math.exp(-x / 140)));
  ctx.stroke();
  return canvas.toDataURL('image/png').slice('data:image/png;base64,'.length);
}

export const graphSvg = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="260" height="90" viewBox="0 0 260 90">
<g fill="none" stroke="black"><ellipse cx="50" cy="45" rx="44" ry="22"/><ellipse cx="210" cy="45" rx="44" ry="22"/>
<path d="M94 45h66m-8-5 8 5-8 5"/></g>
<g font-family="sans-serif" font-size="13" text-anchor="middle"><text x="50" y="49">read_csv</text>
<text x="210" y="49">groupby</text></g></svg>`;
