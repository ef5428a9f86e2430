// How the figures of the machines are read, and how they are written.

// Unanswered is thrown when the server does not answer as it should.
export class Unanswered extends Error {}

export async function read(path) {
  try {
    const answer = await fetch(path, { cache: "no-store" });
    if (answer.ok) return await answer.json();
    throw new Error(await answer.text());
  } catch (e) {
    throw new Unanswered(e.message);
  }
}

export const short = (n) => (n < 10_000 ? String(n) : n < 1e6 ? `${(n / 1e3).toFixed(n < 1e5 ? 1 : 0)}k` : `${(n / 1e6).toFixed(1)}M`);

export const rate = (n) => (n >= 9.95 ? short(Math.round(n)) : n.toFixed(1));

export function duration(seconds) {
  if (seconds < 0.00005) return "–";
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
