/** How oneways are sent, the same for all: in bursts, with the event loop running between them, and never far ahead. */
export const oneways = {
  /** Sent one after another; then comes a turn of the event loop. */
  burst: 128,
  /** What the server has handled is told so many at a time. */
  perStep: 512,
  /** Sent and not yet handled, at the most: below any limit of calls under way. */
  ahead: 8192,
} as const;
