import { Chart, type ChartArea, DatasetController, Element } from 'chart.js';
import { TimeScale } from './axis.ts';

declare module 'chart.js' {
  interface ChartTypeRegistry {
    runTimeline: {
      // biome-ignore lint/complexity/noBannedTypes: chart.js' own entries say "nothing more" this way
      chartOptions: {};
      datasetOptions: { clip: false; paint: (ctx: CanvasRenderingContext2D, area: ChartArea) => void };
      defaultDataPoint: number;
      // biome-ignore lint/complexity/noBannedTypes: chart.js' own entries say "nothing more" this way
      metaExtensions: {};
      parsedDataType: number;
      scales: 'runTime';
    };
  }
  interface CartesianScaleTypeRegistry {
    runTime: { options: Record<string, unknown> };
  }
}

/** chart.js wants a registered element type for data points; ours has none, it paints its whole picture itself. */
class NoElement extends Element {
  static readonly id = 'runNothing';
  static override readonly defaults = {};
}

/**
 * Draws the whole timeline instead of one element per span: chart.js' own elements are unusable from 20,000 spans up. What chart.js
 * does here is the canvas, its pixel ratio and size, the axis and the order of drawing.
 */
class TimelineController extends DatasetController<'runTimeline'> {
  static readonly id = 'runTimeline';
  static readonly defaults = { dataElementType: 'runNothing', datasetElementType: null };

  override linkScales(): void {
    const meta = this._cachedMeta;
    meta.xAxisID = 'x';
    meta.iAxisID = 'x';
    const scale = this.getScaleForId('x');
    if (!scale) return;
    meta.iScale = scale;
    meta.xScale = scale;
  }
  override parse(): void {}
  override addElements(): void {}
  override buildOrUpdateElements(): void {}
  override updateElements(): void {}
  override update(): void {}
  protected override getMinMax(): { min: number; max: number } {
    return { min: 0, max: 1 };
  }
  protected override getMaxOverflow(): number {
    return 0;
  }
  override draw(): void {
    const dataset = this.chart.data.datasets[this.index];
    if (dataset && 'paint' in dataset) dataset.paint(this.chart.ctx, this.chart.chartArea);
  }
}

Chart.register(TimelineController, TimeScale, NoElement);

export type Paint = (ctx: CanvasRenderingContext2D, area: ChartArea) => void;

/** The chart on its canvas: sized by us, without animation, events or plugins. */
export class TimelineChart {
  private readonly chart: Chart<'runTimeline', number[]>;

  constructor(canvas: HTMLCanvasElement, paint: Paint) {
    // Asked for first, so that chart.js gets a context that need not be blended with the page.
    canvas.getContext('2d', { alpha: false });
    this.chart = new Chart(canvas, {
      type: 'runTimeline',
      data: { datasets: [{ type: 'runTimeline', data: [], paint, clip: false }] },
      options: {
        responsive: false,
        maintainAspectRatio: false,
        animation: false,
        events: [],
        layout: { autoPadding: false },
        scales: { x: { type: 'runTime', axis: 'x', position: 'top' } },
      },
    });
  }

  get scale(): TimeScale {
    const scale = this.chart.scales.x;
    if (!(scale instanceof TimeScale)) throw new Error('The timeline lost its axis');
    return scale;
  }

  /** CSS pixels; also to be called when only the device's pixel ratio changed. */
  resize(width: number, height: number, pixelRatio: number): void {
    this.chart.options.devicePixelRatio = pixelRatio;
    this.chart.resize(width, height);
  }

  /** Draws now; the layout is left as it is. */
  draw(): void {
    this.chart.draw();
  }

  dispose(): void {
    this.chart.destroy();
  }
}
