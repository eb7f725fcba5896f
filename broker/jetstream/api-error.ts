/** An error as the API answers it: HTTP-like code, number of the catalogue, and text. */
export interface ApiError {
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}
