// Standard output and standard error.

import Foundation

/// The process's two streams. Whole lines are written at once, so that those of several tasks don't mix.
enum Terminal {
    /// Nobody reads standard output any more.
    struct OutputClosed: Error {}

    /// Writes to standard output.
    ///
    /// - Throws: `OutputClosed` where nobody reads any more; a failure with the reason, such as a full disk.
    static func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = Foundation.write(STDOUT_FILENO, Array(rest), rest.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Somebody has set the terminal or pipe to answer at once.
                var place = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&place, 1, 1_000)
            case EPIPE: throw OutputClosed()
            default:
                throw CommandError.failed(
                    "the output can't be written: \(String(cString: strerror(errno)))", at: "standard output",
                    do: "correct that, and run it again")
            }
        }
    }

    /// Writes a block to standard error.
    static func complain(_ text: String) {
        // Where nobody reads standard error there is nobody to tell.
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Writes part of a line to standard error.
    static func showBar(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))  // as above
    }

    static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The terminal's width in characters; nil in a pipe.
    static var width: Int? {
        guard isOutputTerminal else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
