// Pictures of a room need the token, so they are fetched and shown from memory; the last few are kept.
import { useEffect, useState } from "preact/hooks";

const KEPT = 30;
const there = new Map<string, Promise<string>>();

function fetched(url: string, token: string): Promise<string> {
  const known = there.get(url);
  if (known) return known;
  const loading = fetch(url, { headers: { authorization: `Bearer ${token}` } }).then(async (response) => {
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return URL.createObjectURL(await response.blob());
  });
  there.set(url, loading);
  loading.catch(() => there.delete(url));
  for (const [old, blob] of there) {
    if (there.size <= KEPT) break;
    there.delete(old);
    blob.then((address) => URL.revokeObjectURL(address), () => undefined);
  }
  return loading;
}

/** The address of a picture once it is there. */
export function usePicture(url: string, token: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    let over = false;
    setAddress(undefined);
    fetched(url, token).then((found) => over || setAddress(found), () => undefined);
    return () => {
      over = true;
    };
  }, [url, token]);
  return address;
}
