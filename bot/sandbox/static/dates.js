// Slack's date tokens, for `<!date^…>` (https://docs.slack.dev/reference/block-kit/block-elements/date-element).

const DAY = 86_400_000;
const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const english = (options) => new Intl.DateTimeFormat("en-US", options);

const TOKENS = {
  date_num: (at) => [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join("-"),
  date_slash: (at) => [pad(at.getDate()), pad(at.getMonth() + 1), at.getFullYear()].join("/"),
  date: (at) => `${month(at, "long")} ${ordinal(at.getDate())}`,
  date_short: (at) => `${month(at, "short")} ${at.getDate()}, ${at.getFullYear()}`,
  date_long: (at) => `${weekday(at)}, ${month(at, "long")} ${ordinal(at.getDate())}, ${at.getFullYear()}`,
  date_long_full: (at) => `${month(at, "long")} ${at.getDate()}, ${at.getFullYear()}`,
  date_pretty: (at) => nearDay(at) ?? TOKENS.date(at),
  date_short_pretty: (at) => nearDay(at) ?? TOKENS.date_short(at),
  date_long_pretty: (at) => nearDay(at) ?? TOKENS.date_long(at),
  day_divider_pretty: (at) =>
    nearDay(at) ?? TOKENS.date_long(at).replace(`, ${new Date().getFullYear()}`, ""),
  time: (at) => english({ hour: "numeric", minute: "2-digit", hour12 }).format(at),
  time_secs: (at) => english({ hour: "numeric", minute: "2-digit", second: "2-digit", hour12 }).format(at),
  ago,
};

// Fills the tokens of a format; null if the format names none that exists. As in Slack, the result starts upper case.
export function format(at, pattern) {
  let found = false;
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!Object.hasOwn(TOKENS, name)) return whole;
    found = true;
    return TOKENS[name](at);
  });
  return found ? filled.charAt(0).toUpperCase() + filled.slice(1) : null;
}

export const ofTs = (ts) => new Date(Number(ts) * 1000);

const pad = (number) => String(number).padStart(2, "0");
const month = (at, style) => english({ month: style }).format(at);
const weekday = (at) => english({ weekday: "long" }).format(at);

function ordinal(day) {
  const teen = day > 10 && day < 14;
  return day + (teen ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th"));
}

function nearDay(at) {
  const midnight = (date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[(midnight(at) - midnight(new Date())) / DAY];
}

function ago(at) {
  const seconds = (at - Date.now()) / 1000;
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units.at(-1);
  return new Intl.RelativeTimeFormat("en").format(Math.round(seconds / size), unit);
}
