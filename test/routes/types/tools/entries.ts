/** All entries of the package, in a project that checks the types of what it installs. */
import 'use-durable/register';
import 'use-durable/tsx';
import { createRuntime, fileStore, sleep } from 'use-durable';
import jest from 'use-durable/jest';
import loader from 'use-durable/loader';
import { createTestRuntime } from 'use-durable/testing';
import { compileFile, transform } from 'use-durable/transformer';
import transformProgram from 'use-durable/tspc';

export const entries = [
  createRuntime,
  fileStore,
  sleep,
  jest,
  loader,
  createTestRuntime,
  compileFile,
  transform,
  transformProgram,
];
