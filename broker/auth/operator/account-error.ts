/** An account cannot be had. Branch on the code; `message` is in nats-server's words. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly code: 'missing' | 'invalid' | 'expired' | 'too-soon' | 'fetch-failed';

  constructor(code: AccountError['code'], message: string = WORDS[code]) {
    super(message);
    this.code = code;
  }
}

const WORDS: Record<AccountError['code'], string> = {
  missing: 'account missing',
  invalid: 'account validation failed',
  expired: 'account expired',
  'too-soon': 'account resolver update too soon',
  'fetch-failed': 'account fetch failed',
};
