namespace Soc.RiscV.Csr;

/// <summary>A counter CSR on top of a running count: writes and mcountinhibit only move its offset.</summary>
internal struct Counter
{
    private ulong _offset;
    private bool _stopped;

    /// <summary>Value at the start of an instruction.</summary>
    /// <param name="before">The running count without the instruction itself.</param>
    public readonly ulong Read(ulong before) => _stopped ? _offset : before + _offset;

    /// <summary>Sets the value that the next instruction reads: the write takes the place of the increment.</summary>
    /// <param name="value">The value.</param>
    /// <param name="after">The running count with the writing instruction.</param>
    public void Write(ulong value, ulong after) => _offset = _stopped ? value : value - after;

    /// <summary>Stops the counter or lets it run on.</summary>
    /// <param name="stop">mcountinhibit.</param>
    /// <param name="after">The running count with the writing instruction.</param>
    public void Inhibit(bool stop, ulong after)
    {
        if (stop == _stopped)
        {
            return;
        }

        _offset = stop ? _offset + after : _offset - after;
        _stopped = stop;
    }
}
