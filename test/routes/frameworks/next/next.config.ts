import type { NextConfig } from 'next';
import { withDurable } from 'use-durable/next';

const config: NextConfig = {
  // One of the two builds is a folder that is run without an install.
  ...(process.env.STANDALONE && { output: 'standalone' }),
  // The packages of this project are installed two folders up.
  turbopack: { root: process.env.INSTALL },
  outputFileTracingRoot: process.env.INSTALL,
};

export default withDurable(config);
