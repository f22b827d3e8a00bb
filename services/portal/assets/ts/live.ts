// Changes reach the page without a reload: the stream says that something moved, and htmx asks anew for the part
// that shows it ([data-live], with hx-trigger="moved"). Nothing of what happened travels on the stream itself.

const quiet = 700; // ms: what moves together is asked for once
const patience = [2_000, 5_000, 15_000, 60_000]; // ms between attempts when the stream is refused

export function follow(): void {
  const mark = document.querySelector<HTMLElement>("[data-live-mark]");
  const parts = (): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>("[data-live]");
  if (!mark || parts().length === 0) return;

  let stream: EventSource | undefined;
  let attempts = 0;
  let missed = false; // the stream began anew: what happened in between is not known
  let asking: number | undefined;
  let again: number | undefined;

  const show = (state: "on" | "off"): void => {
    mark.hidden = false;
    mark.dataset.state = state;
    const word = mark.querySelector<HTMLElement>("[data-live-word]");
    const text = mark.dataset[state] ?? "";
    if (word && word.textContent !== text) word.textContent = text;
  };

  const refresh = (): void => {
    window.clearTimeout(asking);
    asking = window.setTimeout(() => parts().forEach((part) => part.dispatchEvent(new Event("moved"))), quiet);
  };

  const open = (): void => {
    window.clearTimeout(again);
    stream?.close();
    stream = new EventSource(mark.dataset.stream ?? "/v1/stream");
    stream.addEventListener("here", () => {
      if (missed) refresh();
    });
    stream.addEventListener("changes", refresh);
    stream.addEventListener("reset", refresh);
    stream.onopen = () => {
      attempts = 0;
      show("on");
    };
    stream.onerror = () => {
      missed = true;
      if (stream?.readyState !== EventSource.CLOSED) return; // the browser comes back, behind what it heard last
      show("off");
      again = window.setTimeout(open, patience[Math.min(attempts++, patience.length - 1)]);
    };
  };

  const rest = (): void => {
    window.clearTimeout(again);
    stream?.close();
    stream = undefined;
    missed = true;
  };

  const tell = (): void => {
    const asOf = document.querySelector<HTMLTimeElement>("[data-live] time[data-as-of]");
    const at = mark.querySelector<HTMLElement>("[data-live-at]");
    if (asOf && at) at.textContent = asOf.textContent;
  };
  document.addEventListener("htmx:after:swap", tell);
  tell();

  // A page that nobody sees holds no connection: browsers have few for each host.
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : open()));
  window.addEventListener("pagehide", rest);
  window.addEventListener("pageshow", (shown) => {
    if (shown.persisted) open();
  });
  if (!document.hidden) open();

}
