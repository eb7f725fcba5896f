/** The time of day in milliseconds, read anew every second while the component that asked lives. */
export function secondsNow(): { readonly current: number } {
  let current = $state(Date.now());
  $effect(() => {
    const timer = setInterval(() => (current = Date.now()), 1000);
    return () => clearInterval(timer);
  });
  return {
    get current() {
      return current;
    },
  };
}
