#pragma once
/// \file Whether what the program printed has arrived.

namespace mollify {

/// To begin with: gives standard streams that are closed a place where writing fails, so that no file that is opened
/// later takes their number, and what is printed.
void hold_standard_streams();

/// At the end: `status`, or 1 in place of 0 where standard output or standard error could not be written, which is
/// said where it still can be.
int checked_output(int status);

}  // namespace mollify
