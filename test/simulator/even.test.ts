import { simulateSeeds } from './seeds.ts';

simulateSeeds((seed) => seed % 2 === 0);
