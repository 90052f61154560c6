import { runService } from '@perennial/service-kit/main-service';
import { gateway } from './service.js';

await runService(gateway());
