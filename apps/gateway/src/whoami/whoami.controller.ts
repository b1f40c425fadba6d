import { CurrentToken, type VerifiedToken } from '@citystreams/nest';
import { Controller, Get, Header } from '@nestjs/common';

/** Who the caller's token says it is, and until when. */
@Controller('api/whoami')
export class WhoamiController {
  @Get()
  @Header('cache-control', 'no-store')
  whoami(@CurrentToken() { caller, expiresAt }: VerifiedToken) {
    return { ...caller, expiresAt: expiresAt.toISOString() };
  }
}
