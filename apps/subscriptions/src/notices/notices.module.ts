import { Module } from '@nestjs/common';
import { NoticeBook } from './notice.book.js';
import { NoticesController } from './notices.controller.js';

@Module({ controllers: [NoticesController], providers: [NoticeBook], exports: [NoticeBook] })
export class NoticesModule {}
