// Starts the service worker once the page is at rest, and asks it to keep
// the rest of the site.
import { withBase } from 'vitepress';
import { ref } from 'vue';
import type { KeepReport } from '../offline/files';

export const offline = ref<KeepReport | { kind: 'off' } | { kind: 'asks' }>({ kind: 'off' });

/** The page has first call on the network and the processor, for so long. */
const PAUSE = 4000;

let asked = false;

/** Once a visit, unless the reader saves data: then a button asks. */
export function keepForOffline(): void {
  if (asked || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  asked = true;
  const { connection } = navigator as {
    connection?: { saveData?: boolean; type?: string };
  };
  if (connection?.saveData || connection?.type === 'cellular') {
    offline.value = { kind: 'asks' };
  } else setTimeout(() => void keepNow(), PAUSE);
}

export async function keepNow(): Promise<void> {
  const workers = navigator.serviceWorker;
  workers.addEventListener('message', (event: MessageEvent<KeepReport>) => {
    offline.value = event.data;
  });
  workers.startMessages();
  try {
    await workers.register(withBase('/sw.js'));
    (await workers.ready).active?.postMessage('keep');
  } catch (error) {
    offline.value = { kind: 'failed', reason: String(error) };
  }
}
