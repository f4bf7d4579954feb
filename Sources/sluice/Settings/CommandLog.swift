// The log of a process.

import Logging

/// Makes the logger that a command hands to everything it starts.
enum CommandLog {
    /// Why the Kafka clients of this process can't reach a broker, as they said last: the reason behind the error
    /// that a command ends with.
    static let lastTrouble = LastTrouble()

    /// - Parameter asked: the level that somebody chose; nil = the default.
    static func logger(_ asked: LogLevel?, default standard: LogLevel) -> Logger {
        let level = (asked ?? standard).level
        // librdkafka calls a broker that is away an error, again and again. A command that does one thing says it
        // once, at its end, unless somebody wants to see more.
        let libraryLevel = asked == nil && level >= .error ? .critical : max(level, .warning)
        var logger = Logger(label: "sluice") { _ in
            LineLogHandler(libraryLevel: libraryLevel, trouble: lastTrouble)
        }
        logger.logLevel = level
        return logger
    }
}
