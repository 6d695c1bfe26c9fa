import { awsRunner } from './aws.ts';
import { holdToContract } from './contract.ts';
import { aws } from './traits.ts';

holdToContract(awsRunner(aws));
