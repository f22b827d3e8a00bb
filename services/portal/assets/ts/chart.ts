// Bars of what the page tells in a table beside them. The figures come from that table's page as data, never from
// a request of their own, so the two cannot differ.
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, AriaComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

echarts.use([BarChart, GridComponent, LegendComponent, AriaComponent, SVGRenderer]);

interface Chart {
  unit: string;
  labels: string[];
  series: { name: string; values: string[] }[];
}

// Dark to light as a promise becomes goods; told apart without colour by their order and the legend's.
const colours = ["#9fb8c4", "#3f7f98", "#0d4a5f"];

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
  chart.setOption({
    animation: false,
    color: colours,
    textStyle: { fontFamily: "system-ui, sans-serif", fontSize: 12 },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10 },
    grid: { top: 52, left: 8, right: 8, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: data.labels, axisTick: { show: false } },
    yAxis: { type: "value", name: data.unit, nameTextStyle: { align: "right" }, axisLabel: { formatter: (value: number) => numbers.format(value) } },
    series: data.series.map((series) => ({ type: "bar", name: series.name, data: series.values.map(Number), barMaxWidth: 18 })),
  });
}

export function draw(): void {
  const all = (): void => document.querySelectorAll<HTMLElement>("[data-chart]").forEach(one);
  all();
  document.addEventListener("htmx:after:swap", all);
  window.addEventListener("resize", () => {
    document.querySelectorAll<HTMLElement>("[data-chart]").forEach((place) => drawn.get(place)?.resize());
  });
}
