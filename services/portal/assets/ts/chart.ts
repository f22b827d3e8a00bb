// Bars of what the page tells in a table beside them. The figures come from that table's page as data, never from
// a request of their own, so the two cannot differ.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, AriaComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, AriaComponent, SVGRenderer]);

interface Chart {
  unit: string;
  sideways?: boolean;
  labels: string[];
  series: { name: string; values: string[]; missing?: number[]; line?: boolean }[];
}

// Dark to light as a promise becomes goods; told apart without colour by their order and the legend's.
const colours = ["#9fb8c4", "#3f7f98", "#0d4a5f", "#a8571f", "#6b4c8a", "#4d7a3a"];

const drawn = new WeakMap<HTMLElement, echarts.ECharts>();

function one(place: HTMLElement): void {
  const source = place.dataset.chart ? document.getElementById(place.dataset.chart) : null;
  if (!source?.textContent) return;
  const data = JSON.parse(source.textContent) as Chart;
  drawn.get(place)?.dispose();
  place.hidden = false;
  const chart = echarts.init(place, undefined, { renderer: "svg" });
  drawn.set(place, chart);
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const labels = { type: "category" as const, data: data.labels, axisTick: { show: false } };
  const figures = { type: "value" as const, name: data.unit, axisLabel: { formatter: (value: number) => numbers.format(value) } };
  chart.setOption({
    animation: false,
    color: colours,
    textStyle: { fontFamily: "system-ui, sans-serif", fontSize: 12 },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10 },
    grid: { top: data.series.length > 2 ? 68 : 52, left: 8, right: data.sideways ? 64 : 8, bottom: 8, containLabel: true },
    xAxis: data.sideways ? { ...figures, nameLocation: "end", splitNumber: 4 } : labels,
    yAxis: data.sideways ? { ...labels, inverse: true, axisLabel: { width: 130, overflow: "break", lineHeight: 14, interval: 0 } } : { ...figures, nameTextStyle: { align: "right" } },
    series: data.series.map(drawnAs),
  });
}

// A series of bars, or a line with a mark at each figure, broken where there is none.
function drawnAs(series: Chart["series"][number]): echarts.SeriesOption {
  const values = series.values.map((value, at) => (series.missing?.includes(at) ? null : Number(value)));
  if (series.line) return { type: "line", name: series.name, data: values, symbol: "circle", symbolSize: 7, lineStyle: { width: 2 } };
  return { type: "bar", name: series.name, data: values, barMaxWidth: 18 };
}

export function draw(): void {
  const all = (): void => document.querySelectorAll<HTMLElement>("[data-chart]").forEach(one);
  all();
  document.addEventListener("htmx:after:swap", all);
  window.addEventListener("resize", () => {
    document.querySelectorAll<HTMLElement>("[data-chart]").forEach((place) => drawn.get(place)?.resize());
  });
}
