import { runService } from '@perennial/service-kit/main-service';
import { renewalForecasting } from './service.js';

await runService(renewalForecasting);
