// The worker in which an exercise's tests run, unless they need TypeScript.
import type { RunRequest } from './protocol';
import { receive } from './runner';

addEventListener('message', (event: MessageEvent<RunRequest>) => receive(event.data));
