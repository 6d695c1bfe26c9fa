import type { NextConfig } from 'next';
import { withDurable } from 'use-durable/next';

const config: NextConfig = {
  // The packages of this project are installed two folders up.
  turbopack: { root: process.env.INSTALL },
  outputFileTracingRoot: process.env.INSTALL,
};

export default withDurable(config);
