"""The process: chat, clock, command line, wiring. An async shell around synchronous code."""
