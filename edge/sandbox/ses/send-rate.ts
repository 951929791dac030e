// MaxSendRate: so many recipients a second, with one second's worth to spare for a burst. SES: "Service quotas".

/** A function that takes recipients out of what the rate still allows; false, taking none, when that is too little. */
export function makeSendRate(clock: () => number): (recipients: number, perSecond: number) => boolean {
  let spent = 0;
  let countedAt = clock();
  return (recipients, perSecond) => {
    const now = clock();
    spent = Math.max(0, spent - ((now - countedAt) / 1000) * perSecond);
    countedAt = now;
    // A message to more recipients than the rate may go when nothing is spent, and blocks what follows.
    if (spent > 0 && spent + recipients > perSecond) return false;
    spent += recipients;
    return true;
  };
}
