import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface Tool {
  readonly description: string;
  /** JSON schemas. */
  readonly parameters: Readonly<Record<string, object>>;
  /** A person is asked before it runs. */
  readonly dangerous?: boolean;
  run(args: Readonly<Record<string, string>>): Promise<string>;
}

/** The files of AGENT_FOLDER; nothing outside of it. */
const pathOf = (name = ''): string => join(process.env.AGENT_FOLDER ?? '.', basename(name));

const name = { type: 'string', description: 'the name of a file' };

const tools: Readonly<Record<string, Tool>> = {
  list_files: {
    description: 'Lists the files of the folder.',
    parameters: {},
    run: async () => (await readdir(pathOf())).sort().join('\n'),
  },
  read_file: {
    description: 'Reads a file.',
    parameters: { name },
    run: async (args) => (await readFile(pathOf(args.name), 'utf8')).trim(),
  },
  delete_file: {
    description: 'Deletes a file.',
    parameters: { name },
    dangerous: true,
    run: async (args) => {
      // It may be gone already, if an attempt before this one was interrupted.
      await rm(pathOf(args.name), { force: true });
      return `${args.name} is deleted.`;
    },
  },
};

export const findTool = (name: string): Tool | undefined =>
  Object.hasOwn(tools, name) ? tools[name] : undefined;

/** The tools as the model is told of them. */
export const toolSchemas = Object.entries(tools).map(([name, { description, parameters }]) => ({
  type: 'function',
  function: {
    name,
    description,
    parameters: { type: 'object', properties: parameters, required: Object.keys(parameters) },
  },
}));
