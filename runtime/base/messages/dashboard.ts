/** Texts of the dashboard: refusals that its page shows, and wrong options. */

export const foreignOrigin = (): string => 'The request comes from a page of another origin.';

export const pageHeaderMissing = (name: string): string =>
  `The header ${name} is missing. Only the page of the dashboard sends these requests.`;

export const hostForeign = (): string =>
  'This server is for programs of this machine. The Host of the request is another one.';

export const tokenWrong = (): string =>
  'The token is missing or wrong. Open the address that `durable web` has printed.';

export const readOnly = (): string => 'You may look at runs here, and not change them.';

export const dashboardWithoutRuntime = (): string => 'createDashboard: the first argument is a runtime.';

export const dashboardWithoutAuthorize = (): string =>
  'createDashboard: the option "authorize" is a function. It says who may see the runs: ({ headers }) => ({ read: true }).';

export const accessInvalid = (): string =>
  'createDashboard: authorize() returns { read, act, by } or a Response. read and act are booleans, and by is a text.';

export const dashboardBasePathInvalid = (): string =>
  'createDashboard: the option "basePath" begins with a slash and ends without one, such as "/durable".';

export const pageNotBuilt = (folder: string): string =>
  `The page of the dashboard is not in ${folder}. In a checkout, run \`npm run build\`.`;

export const tooManyStreams = (): string => 'Too many pages are open. Close one, and try again.';

export const callbackNotOpen = (key: string): string =>
  `The callback "${key}" can't be used: it was never created, has been used, or its time is over.`;

export const settleFieldsInvalid = (): string => 'The body has a "value" or an "error", not both.';

export const bulkFieldsInvalid = (actions: string): string =>
  `The body has an "action" (${actions}), and "ids" or a "filter".`;

export const sourceOutside = (): string =>
  'The file is not a source file of this project, so it is not shown.';

export const sourceMissing = (): string =>
  'The file is not here. Start the dashboard in the folder of the project.';

export const sourceChanged = (): string =>
  'The file was changed after this run began, so lines may have moved.';

export const sourceUnknown = (): string => 'The store does not know the file of this function.';
