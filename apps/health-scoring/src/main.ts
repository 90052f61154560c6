import { runService } from '@perennial/service-kit/main-service';
import { healthScoring } from './service.js';

await runService(healthScoring);
