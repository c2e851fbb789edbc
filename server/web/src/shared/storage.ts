// Small things that stay on this device. Where the browser keeps nothing (private windows, a full disk) they last as long as the page.

const here = new Map<string, string>();

export function read<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(`tutti.${name}`) ?? here.get(name);
    return text === undefined || text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    const text = here.get(name);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }
}

export function write(name: string, value: unknown): void {
  const text = JSON.stringify(value);
  here.set(name, text);
  try {
    localStorage.setItem(`tutti.${name}`, text);
  } catch {
    // Kept in `here` only.
  }
}

export function forget(name: string): void {
  here.delete(name);
  try {
    localStorage.removeItem(`tutti.${name}`);
  } catch {
    // Nothing was kept.
  }
}
