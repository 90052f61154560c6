import { runService } from '@perennial/service-kit/main-service';
import { signalIngestion } from './service.js';

await runService(signalIngestion);
