namespace Soc.Devices.Virtio;

/// <summary>
/// An address of a ring or of a table must be asked for before the device can go on: what it was about to take from the queue is taken again when the
/// answer is there.
/// </summary>
internal sealed class VirtioTranslationException : Exception
{
    public VirtioTranslationException()
    {
    }

    public VirtioTranslationException(string message)
        : base(message)
    {
    }

    public VirtioTranslationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
