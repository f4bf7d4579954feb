// `--disturbances`.

import Flow
import Foundation
import Liquid
import Pipeline

/// A file of JSON lines that tells what was done to the workers, written by whoever did it.
struct DisturbanceFile {
    /// Bytes that are read, at most.
    private static let limit = 10_000_000

    let path: String

    /// - Throws: wrong use, for a file that isn't there: a mistyped name must not count as no disturbance.
    func check() throws(CommandError) {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw .wrongUse(
                "there is no readable file of disturbances", at: path,
                do: "make it before, with: touch \(path)")
        }
    }

    /// What the file tells, up to the first line that is wrong.
    ///
    /// It is read when all is over, so that a fault of it must not throw away what was found.
    func read() -> (disturbances: [Disturbance], fault: CommandError?) {
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.limit else {
            let what = "the disturbances can't be read, or are more than \(Self.limit) bytes"
            return ([], .wrongUse(what, at: path))
        }
        var disturbances: [Disturbance] = []
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
            do throws(CommandError) {
                disturbances.append(try Self.disturbance(Array(line), at: "\(path):\(index + 1)"))
            } catch {
                return (disturbances, error)
            }
        }
        return (disturbances, nil)
    }

    private static func disturbance(_ line: [UInt8], at place: String) throws(CommandError) -> Disturbance {
        let value: JSON
        do throws(JSONError) {
            value = try JSONParser.parse(line)
        } catch {
            throw .wrongUse("the line is not JSON: \(error.what)", at: place)
        }
        do throws(DisturbanceFault) {
            return try Disturbance(value)
        } catch {
            throw .wrongUse(error.what, at: place)
        }
    }
}
