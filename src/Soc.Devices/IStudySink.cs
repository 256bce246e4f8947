using Soc.Memory;

namespace Soc.Devices;

/// <summary>Who measures what a guest marks at the <see cref="StudyPort"/>. Called in the slice of the initiator that marks.</summary>
public interface IStudySink
{
    /// <summary>The initiator's accesses to a range of virtual addresses are counted from now on; a window that is still open is dropped.</summary>
    /// <param name="first">First virtual address.</param>
    /// <param name="last">Last virtual address, inclusive.</param>
    /// <param name="by">The access that marks; not counted.</param>
    void BeginStudy(ulong first, ulong last, in BusAccess by);

    /// <summary>The window ends. Ignored when none is open.</summary>
    /// <param name="name">What the guest calls it.</param>
    /// <param name="wrong">Results in the window that the guest found to be wrong.</param>
    /// <param name="by">The access that marks; not counted.</param>
    void EndStudy(string name, ulong wrong, in BusAccess by);
}
