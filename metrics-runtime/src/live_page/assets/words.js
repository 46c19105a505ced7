
"use strict";

// How numbers are written: with three digits, and a unit that fits.

const rounded = (number) => Number(number.toPrecision(3));
const short = (number) => String(rounded(number));

function amount(number) {
  if (Number.isNaN(number)) return "unknown";
  const size = Math.abs(number);
  if (size === Infinity) return number > 0 ? "∞" : "−∞";
  if (size < 1e6 && (size >= 1000 || Number.isInteger(number))) return Math.round(number).toLocaleString("en");
  return size < 1e6 ? short(number) : size < 1e9 ? `${short(number / 1e6)} M` : `${short(number / 1e9)} G`;
}

function duration(seconds) {
  const size = Math.abs(seconds);
  if (!Number.isFinite(seconds)) return amount(seconds);
  const pair = (large, name, small, other) => `${Math.floor(seconds / large)} ${name} ${Math.floor((seconds % large) / small)} ${other}`;
  if (size >= 172800) return pair(86400, "d", 3600, "h");
  if (size >= 7200) return pair(3600, "h", 60, "min");
  if (size >= 120) return pair(60, "min", 1, "s");
  if (size >= 1 || size === 0) return `${short(seconds)} s`;
  if (size >= 1e-3) return `${short(seconds * 1e3)} ms`;
  return size >= 1e-6 ? `${short(seconds * 1e6)} µs` : `${short(seconds * 1e9)} ns`;
}

function bytes(number) {
  const [unit, name] = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [1024, "KiB"]].find(([unit]) => number >= unit) ?? [1, "B"];
  return `${amount(rounded(number / unit))} ${name}`;
}

function rate(perSecond) {
  const [times, name] = [[1, "s"], [60, "min"], [3600, "h"]].find(([times]) => perSecond * times >= 1) ?? [3600, "h"];
  return perSecond > 0 ? `${amount(rounded(perSecond * times))}/${name}` : "0";
}

const share = (part) => (part > 0 && part < 0.001 ? "< 0.1 %" : `${short(part * 100)} %`);
const clock = (time) => new Date(time * 1000).toLocaleTimeString("en-GB");
const moment = (time) => new Date(time * 1000).toLocaleString("en-GB");

// A value of a metric, in the unit that its name ends with.
function inUnit(name, value) {
  if (/_time(stamp)?_seconds$/.test(name)) return value > 0 ? moment(value) : "never";
  if (/_seconds(_total)?$/.test(name)) return duration(value);
  return /_bytes(_total)?$/.test(name) ? bytes(value) : amount(value);
}
