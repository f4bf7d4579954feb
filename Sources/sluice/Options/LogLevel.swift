// The levels of the log.

import ArgumentParser
import Foundation
import Logging

/// `--log-level`.
enum LogLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }

    /// What the option says, or else the variable, for commands without a configuration.
    ///
    /// - Throws: wrong use, for a variable that names none.
    static func chosen(
        _ option: LogLevel?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandError) -> LogLevel? {
        guard option == nil, let text = environment["SLUICE_LOG_LEVEL"], !text.isEmpty else { return option }
        return try named(text)
    }

    static func named(_ text: String) throws(CommandError) -> LogLevel {
        if let level = LogLevel(rawValue: text.lowercased()) { return level }
        throw .wrongUse(
            "the log level “\(text)” is unknown", at: "SLUICE_LOG_LEVEL",
            do: "use one of \(allCases.map(\.rawValue).joined(separator: ", "))")
    }
}
