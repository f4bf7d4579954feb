// Writes the log: one readable line per message, to standard error.

import Foundation
import Logging

/// `2026-11-24T09:30:00.125Z info   action attempted  flow.attempt=2 reason="503 from the app"`
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    /// The least level that is written. Loggers are asked by `logLevel`, which lets warnings through all the same: the
    /// Kafka clients' reasons are among them.
    private var writtenLevel: Logger.Level = .info
    var logLevel: Logger.Level {
        get { min(writtenLevel, .warning) }
        set { writtenLevel = newValue }
    }
    var metadataProvider: Logger.MetadataProvider?
    /// The least level of librdkafka's own messages.
    let libraryLevel: Logger.Level
    private let trouble: LastTrouble

    init(libraryLevel: Logger.Level, trouble: LastTrouble) {
        self.libraryLevel = libraryLevel
        self.trouble = trouble
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if event.level >= .warning, let reason = event.metadata?["kafka.reason"] { trouble.note("\(reason)") }
        guard event.level >= writtenLevel else { return }
        if event.message.description == "librdkafka", event.level < libraryLevel { return }
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        if let error = event.error { all["error.message"] = "\(error)" }
        Terminal.complain(
            LogLine.text(
                milliseconds: Int64(Date().timeIntervalSince1970 * 1000), level: event.level,
                message: event.message.description, metadata: all))
    }
}
