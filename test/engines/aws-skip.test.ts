import { awsRunner } from './aws.ts';
import { holdToContract } from './contract.ts';
import { awsSkip } from './traits.ts';

holdToContract(awsRunner(awsSkip));
