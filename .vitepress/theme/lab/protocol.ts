// Messages between the lab's page and the worker in which the book runs.
export type LabRequest =
  | { kind: 'boot'; name: string; image: Uint8Array | undefined }
  | { kind: 'input'; bytes: Uint8Array };

export type LabReport =
  | { kind: 'output'; bytes: Uint8Array }
  | { kind: 'state'; state: 'running' | 'waiting' | 'ended'; retired: number; hypercalls: number }
  | { kind: 'failed'; reason: string }
  | { kind: 'report'; lines: string[] };
