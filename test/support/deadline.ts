/** The result of `work`, or an error made by `explain` when it takes longer than `withinMs`. */
export async function deadline<T>(work: Promise<T>, withinMs: number, explain: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(explain())), withinMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
