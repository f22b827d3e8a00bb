// What every page loads. Pages work without it: this only makes them quicker to follow.
import "htmx.org";
import { follow } from "./live";

follow();

if (document.querySelector("[data-chart]")) {
  // Charts are large and few pages have any.
  void import("./chart").then((charts) => charts.draw());
}
