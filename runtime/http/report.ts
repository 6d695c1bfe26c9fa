/** Called with an error on our side. Of its return value, only a failure has an effect. */
export type OnError = (error: unknown, request: Request) => unknown;

export const printError: OnError = (error) => console.error(error);

/** Reports an error. A hook that fails itself reaches neither the request nor the process: both errors are printed. */
export function report(onError: OnError, error: unknown, request: Request): void {
  const failed = (failure: unknown): void => {
    console.error(failure);
    console.error(error);
  };
  try {
    Promise.resolve(onError(error, request)).catch(failed);
  } catch (failure) {
    failed(failure);
  }
}
