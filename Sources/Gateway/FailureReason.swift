import DICOM
import DICOMNetwork
import LineProtocol
import Media

/// What is told of a failure: why, without the path of a file on a medium, which may bear the name of its patient.
///
/// Words of errors that we do not know are left out: nobody vouches for what is in them.
func reason(of error: any Error) -> String {
    switch error {
    case let error as MediumError: error.offset.map { "byte \($0): \(error.reason)" } ?? error.reason
    case let error as DICOMError: error.description
    case let error as GatewayError: error.message
    case let error as SourceChanged: error.reason
    case let error as NetworkError: error.message
    case let error as LineError: error.message
    default: "\(type(of: error))"
    }
}

/// An object's bytes cannot be read while they are being sent.
struct UnreadableContent: ContentFailure {
    let reason: String
}
